import type { Topic } from "../Case.ts"
import { navigation } from "./navigation.ts"

export const topics: ReadonlyArray<Topic> = [navigation]
