import { existsSync } from "node:fs"
import { type DefaultTheme, defineConfig } from "vitepress"
import manifest from "../../../package.json" with { type: "json" }
import { slug } from "./slug.ts"

const title = "htmx-ext-effect-ws"
const pages = new URL("../dist/pages/", import.meta.url)

/** A group of the sidebar. Pages that are not written yet are left out. */
const group = (
  text: string,
  items: Record<string, string>,
  collapsed?: boolean,
): DefaultTheme.SidebarItem => ({
  text,
  ...(collapsed === undefined ? {} : { collapsed }),
  items: Object.entries(items)
    .filter(([, page]) => existsSync(new URL(`${page}.md`, pages)))
    .map(([text, page]) => ({ text, link: `/${page}` })),
})

const api = Object.keys(manifest.exports)
  .filter((name) => !/\/dist\/|package\.json/.test(name))
  .map((name) => name.replace(".", `api/${manifest.name}`))

export default defineConfig({
  title,
  description: manifest.description,
  lang: "en",
  srcDir: "dist/pages",
  outDir: "dist/html",
  cacheDir: "dist/cache",
  cleanUrls: true,
  lastUpdated: false,
  head: [
    ["link", { rel: "icon", href: "/icon.svg", type: "image/svg+xml" }],
    ["meta", { name: "theme-color", content: "#3366cc" }],
  ],
  markdown: {
    anchor: { slugify: slug },
    theme: { light: "github-light", dark: "github-dark" },
    config: ({ renderer: { rules } }) => {
      // What stands in code is not for Vue.
      const { code_inline: inline } = rules
      rules.code_inline = (...args) => inline?.(...args).replace("<code", "<code v-pre") ?? ""
    },
  },
  vite: {
    // The sources are small, and what they are made of is not.
    build: { chunkSizeWarningLimit: 1_500 },
    publicDir: new URL("../dist/public/", import.meta.url).pathname,
  },
  themeConfig: {
    logo: "/icon.svg",
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Docs", link: "/getting-started", activeMatch: "^/(?!playground|api|recipes)." },
      { text: "Recipes", link: "/recipes" },
      { text: "Playground", link: "/playground" },
      { text: "API", link: "/api/" },
    ],
    sidebar: [
      group("Start", {
        "Getting started": "getting-started",
        Attributes: "attributes",
        Recipes: "recipes",
        Migrating: "migrating",
        Playground: "playground",
      }),
      group("Reference", {
        Settings: "settings",
        Events: "events",
        Schedules: "schedules",
        "The protocol": "protocol",
        Rules: "rules",
      }),
      group("Companions", {
        "ws-resume: nothing missed": "resume",
        "ws-delivery: the end of it": "delivery",
        "ws-keep: what is typed stays": "keep",
        "ws-signals: events": "signals",
        "ws-doctor: why no socket": "doctor",
        "ws-inspector: what happens": "inspector",
      }),
      group("Programs", {
        "The typed client": "client",
        Testing: "testing",
        "Rooms for Effect's server": "server",
        "Servers in any language": "servers",
      }),
      group("How well it works", {
        Reliability: "reliability",
        Security: "security",
        "The herd": "herd",
        Benchmarks: "benchmarks",
        Size: "size",
      }),
      group(
        "How it is built",
        {
          Architecture: "architecture",
          "The lean build": "lean-build",
          Contributing: "contributing",
          Changes: "changelog",
        },
        true,
      ),
      {
        text: "API reference",
        collapsed: true,
        items: api.map((name) => ({
          text: name.replace("api/", "").replace(`${manifest.name}/`, "./"),
          link: `/${name}${existsSync(new URL(`${name}.md`, pages)) ? "" : "/"}`,
        })),
      },
    ],
    docFooter: { prev: "Previous", next: "Next" },
    footer: { message: "MIT. Nothing on this site is loaded from elsewhere." },
  },
})
