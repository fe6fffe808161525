import DefaultTheme from "vitepress/theme"
import { defineAsyncComponent } from "vue"
import "./style.css"

/** What is used of a Vue application. */
interface App {
  component(name: string, component: unknown): void
}

export default {
  extends: DefaultTheme,
  enhanceApp({ app }: { readonly app: App }) {
    // Its editors are big, and need a page.
    app.component(
      "Playground",
      defineAsyncComponent(() => import("./Playground.vue")),
    )
  },
}
