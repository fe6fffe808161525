/** Companions take the htmx that programs import. */
import htmx2 from "htmx-2"
import htmx4 from "htmx-4"
import { delivery } from "../../src/companions/delivery.ts"
import { doctor } from "../../src/companions/doctor.ts"
import { inspector } from "../../src/companions/inspector.ts"
import { keep } from "../../src/companions/keep.ts"
import { resume } from "../../src/companions/resume.ts"
import { signals } from "../../src/companions/signals.ts"

for (const companion of [delivery, doctor, inspector, keep, resume, signals]) {
  companion(htmx2)
  companion(htmx4)
}
