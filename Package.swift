// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let orderedCollections = Target.Dependency.product(
  name: "OrderedCollections", package: "swift-collections")
let heapModule = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let dequeModule = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

// Tests run the optimised mechanisms, but nothing is won by optimising the tests themselves.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], golden: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: golden,
    swiftSettings: settings + [.unsafeFlags(["-Onone"])])
}

func testProgram(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

// A target imports only what stands beside it; `Sources/README.md` is the map.
let package = Package(
  name: "drillhall",
  products: [.executable(name: "drillhall", targets: ["drillhall"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    target("Kernel"),
    target("Presentation", ["Kernel"]),
    target("Recall", ["Kernel"]),
    target("Estimation", ["Kernel"]),
    target("Verification", ["Kernel"]),
    target("Patterns", ["Kernel", orderedCollections, crypto, cryptoExtras]),
    target("Simulation", ["Kernel", orderedCollections, heapModule, dequeModule]),
    target(
      "Drills",
      [
        "Blueprints", "Kernel", "Patterns", "Presentation", "Simulation", "Verification", histogram,
      ]),
    target("Blueprints", ["Kernel", "Patterns", "Simulation", histogram]),
    .systemLibrary(name: "CMarkdown"),
    target(
      "Curriculum",
      [
        "Blueprints", "CMarkdown", "Drills", "Estimation", "Kernel", "Presentation", "Simulation",
        "Yams",
      ]),
    target("Progress", ["Kernel", "Recall", grdb]),
    target("Export", ["Curriculum", "Drills", "Kernel", "Presentation", "Progress"]),
    target(
      "Workbench",
      [
        "Blueprints", "Curriculum", "Drills", "Estimation", "Export", "Kernel", "Presentation",
        "Progress", "Recall", "Simulation", "Verification",
      ]),
    .target(name: "CReadline", linkerSettings: [.linkedLibrary("readline")]),
    target("Terminal", ["CReadline", "Kernel", "Presentation"]),
    .executableTarget(
      name: "drillhall",
      dependencies: ["Terminal", "Workbench", "Kernel", "Presentation", argumentParser],
      swiftSettings: settings),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Blueprints", "Drills", "Estimation", "Kernel", "Simulation", "Verification",
      ],
      swiftSettings: settings),

    testProgram("ProgressWriter", ["Progress", "Recall"]),
    testProgram("EchoPrompt", ["Presentation", "Terminal"]),
    .target(name: "Recordings", path: "Tests/Recordings", swiftSettings: settings),
    .target(name: "PtySupport", path: "Tests/PtySupport", swiftSettings: settings),
    tests("TerminalTests", ["EchoPrompt", "Presentation", "PtySupport", "Terminal"]),
    tests("ProjectTests", []),
    tests("KernelTests", ["Kernel"]),
    tests("PresentationTests", ["CMarkdown", "Kernel", "Presentation"], golden: ["Snapshots"]),
    tests("RecallTests", ["Kernel", "Recall"]),
    tests(
      "EstimationTests", ["Estimation", "Kernel"], golden: ["Wrong"]),
    tests("VerificationTests", ["Kernel", "Verification"]),
    tests(
      "PatternsTests", ["Kernel", "Patterns", "Recordings"],
      golden: [
        "DisasterRecovery/Recordings", "Observability/Promtool", "Observability/Published",
        "Raft/conflict.txt",
        "Raft/election.txt", "Transactions/Recordings",
      ]),
    tests(
      "SimulationTests", ["Kernel", "Patterns", "Recordings", "Simulation"],
      golden: [
        "Faults/canonical.txt", "Faults/complaints.txt", "Faults/narrow-vocabulary.txt",
      ]),
    tests("BlueprintsTests", ["Blueprints", "Kernel", "Patterns", "Simulation"]),
    tests(
      "DrillsTests",
      ["Drills", "Kernel", "Patterns", "Presentation", "Recordings", "Simulation", "Verification"],
      golden: ["Core/Digests", "Failover/Recordings", "Sharding/RedisCluster/Recordings"]),
    tests("CurriculumTests", ["Curriculum", "Estimation", "Kernel"], golden: ["Base", "Broken"]),
    tests("ProgressTests", ["Kernel", "Progress", "ProgressWriter", "Recall", grdb]),
    tests("ExportTests", ["Export", "Kernel", "Presentation", "Progress", "Recall"]),
    tests(
      "WorkbenchTests",
      ["Curriculum", "Drills", "Estimation", "Kernel", "Presentation", "Progress", "Workbench"],
      golden: ["Histories", "Transcripts"]),
    tests("EndToEndTests", ["PtySupport", "drillhall"]),
  ]
)
