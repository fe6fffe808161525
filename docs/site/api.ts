/** Writes the API reference, by TypeDoc, from the doc comments of the package's entries. */
import {
  Application,
  Converter,
  DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
  type TypeDocOptions,
} from "typedoc"
import type { PluginOptions } from "typedoc-plugin-markdown"
import manifest from "../../package.json" with { type: "json" }

/** The entries of the package, by the modules that they are made of. */
const entries = new Map(
  Object.entries(manifest.exports).flatMap(([name, target]) =>
    typeof target === "string"
      ? []
      : [[target.default.replace(/^\.\/dist\/|\.js$/g, ""), name.replace(".", manifest.name)]],
  ),
)

const options: Partial<TypeDocOptions & PluginOptions> = {
  entryPoints: [...entries.keys()].map((module) => `src/${module}.ts`),
  tsconfig: "src/tsconfig.json",
  plugin: ["typedoc-plugin-markdown"],
  name: "API reference",
  readme: "none",
  disableGit: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  sort: ["kind", "alphabetical"],
  blockTags: ["@param", "@returns", "@default", "@example", "@on", "@cancelled", "@module"],
  modifierTags: ["@internal", "@added"],
  // A signature may name a type of the inside.
  validation: { notExported: false, invalidLink: true, notDocumented: false, invalidPath: true },
  // Of typedoc-plugin-markdown.
  outputFileStrategy: "modules",
  entryFileName: "index",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  sanitizeComments: true,
}

/** The exported names without a doc comment. Members may go without one, such as those of a WebSocket. */
const undocumented = (project: ProjectReflection): ReadonlyArray<string> =>
  project
    .getReflectionsByKind(ReflectionKind.SomeExport)
    .filter(
      (reflection) =>
        reflection instanceof DeclarationReflection &&
        !reflection.kindOf([ReflectionKind.Namespace, ReflectionKind.Reference]) &&
        reflection.parent?.kindOf(ReflectionKind.SomeModule) &&
        !reflection.hasComment() &&
        !reflection.signatures?.some((signature) => signature.hasComment()),
    )
    .map((reflection) => reflection.getFriendlyFullName())

/** Writes the reference into a folder. Throws if a name has no doc comment, or a link leads nowhere. */
export const writeApi = async (folder: string): Promise<void> => {
  const app = await Application.bootstrapWithPlugins(options)
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? [])
      module.name = entries.get(module.name) ?? entries.get(`${module.name}/index`) ?? module.name
  })
  const project = await app.convert()
  if (project === undefined) throw new Error("TypeDoc could not read the package's entries")
  app.validate(project)
  const bare = undocumented(project)
  if (bare.length > 0) throw new Error(`These have no doc comment: ${bare.join(", ")}`)
  await app.outputs.writeOutput({ name: "markdown", path: folder }, project)
  const { errorCount, warningCount } = app.logger
  if (errorCount + warningCount > 0)
    throw new Error(`TypeDoc has ${errorCount} errors and ${warningCount} warnings: see above`)
}
