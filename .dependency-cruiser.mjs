/** Who may import whom. The arrow goes one way: a room knows the rooms below it and nothing of those above. */
const below = {
  numerics: [],
  kernel: [],
  random: ["numerics", "kernel"],
  gradients: ["numerics", "random", "kernel"],
  payoffs: ["numerics"],
  dynamics: ["numerics", "random", "kernel", "gradients"],
  "closed-forms": ["numerics", "payoffs", "dynamics"],
  simulation: ["numerics", "random", "kernel", "gradients", "payoffs", "dynamics"],
  estimators: [
    "numerics",
    "random",
    "kernel",
    "gradients",
    "payoffs",
    "dynamics",
    "closed-forms",
    "simulation",
  ],
  market: ["numerics"],
  portfolio: ["numerics", "payoffs"],
  analysis: [
    "numerics",
    "random",
    "kernel",
    "gradients",
    "payoffs",
    "dynamics",
    "closed-forms",
    "simulation",
    "estimators",
    "market",
    "portfolio",
  ],
  executors: [
    ...[
      "numerics",
      "random",
      "kernel",
      "gradients",
      "payoffs",
      "dynamics",
      "closed-forms",
      "simulation",
      "estimators",
      "market",
    ],
    ...["portfolio", "analysis"],
  ],
  report: ["numerics"],
  cli: ["executors", "report", "gradients", "numerics"],
  web: ["executors", "report"],
};

const rooms = Object.keys(below);

const layers = rooms.map((room) => ({
  name: `layers: ${room}`,
  comment: `${room} may import ${below[room].join(", ") || "no other room"}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: {
    path: `^src/(${rooms.filter((other) => other !== room && !below[room].includes(other)).join("|")})/`,
    // The report writes results it does not compute: it may know their types.
    ...(room === "report" && { dependencyTypesNot: ["type-only"] }),
  },
}));

export default {
  forbidden: [
    ...layers,
    {
      name: "no upstream special cases",
      comment:
        "Only a catalogue imports concrete models and products, so that nothing else can know one of them by name.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot:
          "^src/(dynamics|payoffs)/(catalogue\\.ts$|products/)|^src/dynamics/(heston|merton|bates)\\.ts$",
      },
      to: {
        path: "^src/(dynamics/(black-scholes|heston|heston-qe|merton|bates|variance-gamma)|payoffs/products/)",
      },
    },
    {
      name: "no cycles",
      comment: "Two files that need each other are one file, or three.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no Node in the pricing rooms",
      comment:
        "They run in browsers and workers too, as the reports do and the page, and may not touch files, clocks or the console.",
      severity: "error",
      from: {
        path: "^src/(numerics|kernel|random|gradients|payoffs|dynamics|closed-forms|simulation|estimators|market|portfolio|report|web)/",
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no orphans",
      comment: "A file nobody imports is dead, or its import was forgotten.",
      severity: "error",
      from: { orphan: true, pathNot: "^src/kernel/assembly/|\\.d\\.ts$" },
      to: {},
    },
  ],
  options: {
    exclude: { path: "^src/kernel/assembly/" },
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
