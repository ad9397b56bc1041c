// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "drillhall",
  targets: [
    .target(name: "Kernel", swiftSettings: settings),
    .target(name: "Presentation", dependencies: ["Kernel"], swiftSettings: settings),
  ]
)
