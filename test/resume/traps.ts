/** What loses or doubles frames when pages resume, and the tests that show that it does not: parts of their titles. */
export const traps: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>> = {
  "a counter without an epoch": {
    "test/server/Room.test.ts": ["a room that has begun anew gives the state for ids of before"],
    "test/server/RedisLog.test.ts": ["if Redis has lost everything, pages get the state"],
    "test/client/Resume.room.test.ts": ["loads the state of a room that was restarted"],
    "test/browser/resume.test.ts": ["a restart counts anew, in an epoch of its own"],
  },
  "an empty log that answers that nothing was missed": {
    "test/server/Room.test.ts": ["an empty room does not tell a page with an id that it has missed nothing"],
  },
  "a partial replay that looks whole": {
    "test/server/Room.test.ts": ["of a log that keeps 3, a page that has missed", "or has lost entries"],
    "test/server/RedisLog.test.ts": ["a page that has missed more gets the state"],
    "test/client/Resume.room.test.ts": ["that was away for too long loads the state, and doubles nothing"],
  },
  "counters of processes behind a load balancer": {
    "test/server/RedisLog.test.ts": ["a page resumes at another process"],
    "test/project/cluster.test.ts": ["test("],
  },
  "the time between rendering and connecting": {
    "test/companions/resume.test.ts": ["is in the URL of the first dial, as the server has rendered it"],
    "test/browser/resume.test.ts": ["what is said between rendering and connecting is shown"],
  },
  "a page of the history": {
    "test/companions/resume.test.ts": [
      "has the cursor in the attribute just then",
      "fetches what it lacks if it comes back into an element whose connection stayed",
    ],
    "test/browser/resume.test.ts": ["a page that comes back from the history asks for what it does not show"],
  },
  "frames that are applied together, with batch": {
    "test/companions/resume.test.ts": [
      "frames of one burst behind a resync wait",
      "latest: a frame that fails in the midst of a burst is a gap",
    ],
  },
  "a swap that throws": {
    "test/companions/resume.test.ts": ["fetches when a frame could not be applied, at most once a minute"],
    "test/browser/resume.test.ts": ["a frame that cannot be applied is fetched"],
  },
  "a frame that a listener refuses": {
    "test/companions/resume.test.ts": [
      "does not move for a frame that a listener refuses",
      "is not obeyed if a listener refuses its frame",
    ],
  },
  "a frame that a program takes, or its schema rejects": {
    "test/element/attach.receiving.test.ts": ["a frame that the program takes is over in its turn"],
    "test/client/Resume.test.ts": ["and not of one that the schema rejects"],
  },
  "several rooms on one socket": {
    "test/server/Room.test.ts": [
      "a page in two rooms gets ids that name its place in both",
      "the id names no place in one of which the page has not got the state",
      "a page cannot join rooms whose ids are too long together",
    ],
    "test/companions/resume.test.ts": ["belongs to its element: two of them resume each from its own"],
  },
  "an id as a permission": {
    "test/server/Room.test.ts": ["gives nothing of it to a page that has not joined it"],
    "test/server/Crossws.test.ts": ["or one that authorize refuses, gets no socket"],
  },
  "frames that come while the state is fetched": {
    "test/companions/resume.test.ts": [
      "has frames wait, and all of them are applied if the response is of the same moment",
      "has frames dropped that are in the response and still to come",
    ],
    "test/browser/resume.test.ts": ["frames that come while the feed is on its way are shown once"],
    "test/client/Resume.test.ts": ["has the state loaded, for which the messages that follow wait"],
  },
}
