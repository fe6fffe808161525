/** Names that nobody knows, certificates that nobody trusts, and packets that nobody gets. */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:https"
import type { AddressInfo, Server } from "node:net"
import { createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WebSocketServer } from "ws"
import { TestServer } from "../../setup/server.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { Chromium, type Tab } from "../Tab.ts"
import { expect, pageOf, sleep } from "./page.ts"

const good = `<div id="good" ws-connect="/ws"><p id="x"></p></div>`

/** Shows a page with an element that cannot connect beside one that can. Returns what became of the former. */
const beside = async (url: string): Promise<string> => {
  await using server = await TestServer.start()
  server.page("/", pageOf(`<div id="bad" ws-connect="${url}"></div>${good}`))
  await using chromium = await Chromium.launch()
  const tab: Tab = await chromium.open(server.url("/"))
  await waitFor(
    async () => (await tab.ask<number>("seen.filter((one) => one === 'bad wsConnecting').length")) >= 3,
    60_000,
  )
  await waitFor(() => server.live().length === 1)
  const seen = await tab.ask<Array<string>>("seen")
  expect(!seen.includes("bad wsOpen") && seen.includes("good wsOpen"), "it opened", seen)
  const [sentence] = await tab.ask<Array<string>>("sentences")
  const own = seen.filter((one) => one.startsWith("bad")).map((one) => one.slice(4))
  return `${own.slice(0, 4).join(", ")}; on the console: ${sentence?.replaceAll(/:\d{4,5}/g, ":PORT")}`
}

export const names = async (): Promise<ReadonlyArray<string>> => [
  `a host that no name server knows: ${await beside("ws://no-such-host.invalid/ws")}`,
]

const openssl = (folder: string, args: string): void => {
  execFileSync("openssl", args.split(" "), { cwd: folder, stdio: "ignore" })
}

/** Makes certificates of this address that sign themselves: one for now, and one of years ago, which takes an authority. */
const certificates = (folder: string) => {
  writeFileSync(
    join(folder, "ca.cnf"),
    `[ca]
default_ca=own
[own]
database=index
new_certs_dir=.
rand_serial=yes
unique_subject=no
default_md=sha256
policy=any
x509_extensions=address
[any]
commonName=supplied
[address]
subjectAltName=IP:127.0.0.1
`,
  )
  writeFileSync(join(folder, "index"), "")
  openssl(folder, "ecparam -name prime256v1 -genkey -noout -out key")
  openssl(folder, "req -new -key key -subj /CN=127.0.0.1 -out request")
  const sign = (name: string, dates: string) => {
    openssl(
      folder,
      `ca -config ca.cnf -selfsign -batch -keyfile key -in request -out ${name} -notext ${dates}`,
    )
    return { key: readFileSync(join(folder, "key")), cert: readFileSync(join(folder, name)) }
  }
  return {
    old: sign("old", "-startdate 20200101000000Z -enddate 20200201000000Z"),
    own: sign("own", "-days 10"),
  }
}

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return (server.address() as AddressInfo).port
}

export const tls = async (): Promise<ReadonlyArray<string>> => {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"))
  try {
    const lines: Array<string> = []
    const { old, own } = certificates(folder)
    for (const [what, options] of [
      ["a certificate that nobody has signed", own],
      ["a certificate that has expired", old],
    ] as const) {
      const server = createServer(options)
      new WebSocketServer({ server })
      lines.push(`${what}: ${await beside(`wss://127.0.0.1:${await portOf(server)}/ws`)}`)
      server.close()
    }
    // It hangs up when the client has said what it wants.
    const reset = createTcpServer((socket) => {
      socket.on("error", () => {})
      socket.once("data", () => socket.resetAndDestroy())
    })
    lines.push(
      `a reset in the handshake of TLS: ${await beside(`wss://127.0.0.1:${await portOf(reset)}/ws`)}`,
    )
    reset.close()
    return lines
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const inside = "IN_A_NETWORK_OF_ITS_OWN"

/** Runs this case in a network namespace of its own, where a packet filter harms nobody else. */
export const filter = async (): Promise<ReadonlyArray<string>> => {
  if (process.env[inside] === undefined) {
    const command = `ip link set lo up && exec "${process.execPath}" test/wild/wild.ts --only filter`
    const { status, stderr, stdout } = spawnSync("unshare", ["-n", "sh", "-c", command], {
      env: { ...process.env, [inside]: "1" },
      encoding: "utf8",
    })
    if (status !== 0) throw new Error(`unshare -n failed (does this machine allow it?): ${stderr}`)
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.replace("filter: ", ""))
  }
  await using server = await TestServer.start()
  server.page("/", pageOf(good, { heartbeat: "2s", heartbeatTimeout: "1s", connectTimeout: "2s" }))
  // The server answers each heartbeat with a frame.
  const answering = setInterval(() => server.send(`<!-- -->`), 500)
  await using chromium = await Chromium.launch()
  const tab = await chromium.open(server.url("/"))
  await waitFor(() => server.live().length === 1)
  await sleep(3_000)
  const { port } = new URL(server.origin)
  const nft = (...rules: ReadonlyArray<string>): void => {
    for (const rule of rules) execFileSync("nft", rule.split(" "))
  }
  nft(
    "add table inet wild",
    "add chain inet wild in { type filter hook input priority 0 ; }",
    `add rule inet wild in tcp dport ${port} drop`,
    `add rule inet wild in tcp sport ${port} drop`,
  )
  const from = Date.now()
  await waitFor(async () => (await tab.ask<number>("seen.filter((one) => /Close/.test(one)).length")) > 0)
  const noticed = Date.now() - from
  await sleep(8_000)
  const dials = await tab.ask<number>("seen.filter((one) => /Connecting/.test(one)).length")
  nft("delete table inet wild")
  const back = Date.now()
  await waitFor(
    async () => (await tab.ask<number>("seen.filter((one) => /Open/.test(one)).length")) === 2,
    60_000,
  )
  clearInterval(answering)
  expect(noticed < 4_500, "it was noticed late", noticed)
  return [
    `a packet filter that drops everything, with a heartbeat of 2 s and 1 s for its answer: noticed after ${noticed} ms; ${dials - 1} dials in the 8 s after that, each given up by connectTimeout; open again ${Date.now() - back} ms after the filter is gone`,
  ]
}
