import type { Case } from "../Case.ts"
import { again } from "./again.ts"
import { confirm } from "./confirm.ts"
import { fakes } from "./fakes.ts"
import { final4 } from "./final4.ts"
import { leaving } from "./leaving.ts"
import { live4 } from "./live4.ts"
import { messages4 } from "./messages4.ts"
import { navigation } from "./navigation.ts"
import { processing } from "./processing.ts"
import { publicObjects } from "./publicObjects.ts"
import { receiving } from "./receiving.ts"
import { retrying } from "./retrying.ts"
import { senders } from "./senders.ts"
import { shadowing } from "./shadowing.ts"
import { urls } from "./urls.ts"

const kinds: ReadonlyArray<ReadonlyArray<Case>> = [
  navigation,
  senders,
  shadowing,
  confirm,
  again,
  processing,
  leaving,
  publicObjects,
  retrying,
  receiving,
  fakes,
  urls,
  messages4,
  final4,
  live4,
]

/** One of each kind: `WITH_COMPANIONS=1` runs all of them so. */
const withCompanions = kinds.flatMap((kind) =>
  kind.slice(0, 1).map((one) => ({ ...one, title: `${one.title}, beside companions`, companions: true })),
)

export const cases: ReadonlyArray<Case> = [...kinds.flat(), ...withCompanions]
