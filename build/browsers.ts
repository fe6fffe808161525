/** The oldest browsers that the scripts run in: the README names them, and test/project/browsers.test.ts holds them. */

export interface Versions {
  readonly chrome: number
  readonly firefox: number
  readonly safari: number
}

/** Of the main scripts and the companions. */
export const oldest: Versions = { chrome: 93, firefox: 98, safari: 15.4 }

/** Of the inspector, which is for development. */
export const inspector: Versions = { chrome: 93, firefox: 119, safari: 16.4 }
