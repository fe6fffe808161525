/** What all commands share: how they read options, write, and end. */
import util, { type ParseArgsOptionsConfig } from "node:util"

export const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Writes a message that is not a result to standard error. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`)

/** Ends with a sentence: the command cannot run. */
export const fail = (sentence: string): never => {
  note(sentence)
  process.exit(2)
}

/** Reads the options of a command, and `--help`. Ends the process for an unknown option, and after showing the help. */
export const parse = <const Options extends ParseArgsOptionsConfig>(
  args: Array<string>,
  options: Options,
  usage: string,
) => {
  const help = { type: "boolean", short: "h" } as const
  try {
    const { positionals, values } = util.parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help },
    })
    if (!("help" in values)) return { positionals, values }
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`)
  }
  print(usage)
  process.exit()
}

export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`
