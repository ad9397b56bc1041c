import Kernel

/// The facades and comparisons that can be had: the plain one, and those of tools under their own
/// names.
public enum StranglerPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option under plain names.
  case plain
  /// GitHub's Scientist, a library for comparing.
  case scientist
  /// Istio's routes, which mirror a percentage and split by weight.
  case istio
  /// nginx with its mirror module.
  case nginx
  /// Diffy, a proxy that compares.
  case diffy

  private static let service = "istio/api networking/v1alpha3/virtual_service.proto @01bf2a645773"

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(id: rawValue, title: "Plain", knobs: Self.plainKnobs, leavesOut: [])
    case .scientist:
      ToolPreset(
        id: rawValue, title: "Scientist (Ruby)",
        knobs: [
          Knob(
            "percent_enabled", .integer(0...100), standard: .integer(100),
            source: "github/scientist README.md @0171cdd57900, Ramping up experiments: 100 in "
              + "its example of an Experiment",
            "The percentage of calls in which the candidate runs too.")
        ],
        leavesOut: [
          "It is safe only for code that changes no data; here writes are never copied.",
          "Control and candidate run one after the other in random order, in the same process: the "
            + "caller waits for both.",
          "It compares and does not route: the canary is this bench's own.",
        ])
    case .istio:
      ToolPreset(
        id: rawValue, title: "Istio, VirtualService",
        knobs: [
          Knob(
            "mirror", .flag, standard: .flag(false), source: Self.service,
            "Whether the route has a mirror at all."),
          Knob(
            "mirrorPercentage", .number(0...100, .count), standard: .number(100),
            source: Self.service + ": all traffic if the field is absent",
            "The percentage of requests that is mirrored."),
          Knob(
            "weight", .integer(0...100), standard: .integer(0), source: Self.service,
            "The new system's weight beside the old one's, of 100, drawn for each request."),
        ],
        leavesOut: [
          "Responses to mirrored requests are ignored: nothing is compared by the proxy itself.",
          "Requests are mirrored whatever their method is; a match on the method would keep writes out.",
        ])
    case .nginx:
      ToolPreset(
        id: rawValue, title: "nginx, ngx_http_mirror_module",
        knobs: [
          Knob(
            "mirror", .choice(["off", "on"]), standard: .word("off"),
            source: "https://www.nginx.org/docs/http/ngx_http_mirror_module.html",
            "Whether requests of the location are copied, whatever their method is.")
        ],
        leavesOut: [
          "Responses to mirrored requests are ignored: nothing is compared by nginx itself.",
          "A location that mirrors some methods only needs a condition of its own.",
        ])
    case .diffy:
      ToolPreset(
        id: rawValue, title: "Diffy",
        knobs: [
          Knob(
            "allowHttpSideEffects", .flag, standard: .flag(false),
            source: "opendiffy/diffy README.md @0848f9888f59: POST, PUT, DELETE are ignored by "
              + "default",
            "Whether requests that may change data are sent to all instances.")
        ],
        leavesOut: [
          "Roughly the same is taken to be at most twice as often; Diffy has thresholds of its own."
        ])
    }
  }

  private static let plainKnobs = [
    Knob(
      "shadow.share", .number(0...1, .fraction), standard: .number(1),
      "The share of reads that is copied and compared."),
    Knob(
      "shadow.writes", .flag, standard: .flag(false),
      "Whether writes are copied in shadow too."),
    Knob(
      "shadow.noise", .choice(["counted", "measured"]), standard: .word("counted"),
      "Whether every difference counts, or the old system is asked twice and noise left out."),
    Knob(
      "canary.share", .number(0...1, .fraction), standard: .number(0.05),
      "The share that the new system answers in canary."),
    Knob(
      "canary.by", .choice(StranglerRoute.Unit.allCases.map(\.rawValue)),
      standard: .word("user"), "Whether the share is one of users or of requests."),
    Knob(
      "sync", .choice(StranglerData.Synchronisation.allCases.map(\.rawValue)),
      standard: .word("flipped"), "Which way data is carried."),
  ]

  /// How a route is set by `settings`, which must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> StranglerRoute.Options {
    switch self {
    case .plain:
      StranglerRoute.Options(
        share: settings.number("canary.share"),
        unit: StranglerRoute.Unit(rawValue: settings.word("canary.by")) ?? .user,
        mirrorShare: settings.number("shadow.share"),
        mirrorsWrites: settings.flag("shadow.writes"),
        measuresNoise: settings.word("shadow.noise") == "measured")
    case .scientist:
      StranglerRoute.Options(
        mirrorShare: Double(settings.integer("percent_enabled")) / 100, isInline: true)
    case .istio:
      StranglerRoute.Options(
        share: Double(settings.integer("weight")) / 100, unit: .request,
        mirrorShare: settings.flag("mirror") ? settings.number("mirrorPercentage") / 100 : 0,
        mirrorsWrites: true)
    case .nginx:
      StranglerRoute.Options(
        mirrorShare: settings.word("mirror") == "on" ? 1 : 0, mirrorsWrites: true)
    case .diffy:
      StranglerRoute.Options(
        mirrorsWrites: settings.flag("allowHttpSideEffects"), measuresNoise: true)
    }
  }

  /// Whether the tool itself looks at the answers to copies.
  public var compares: Bool { self != .nginx && self != .istio }

  /// Which way data is carried.
  public func synchronisation(_ settings: Settings) -> StranglerData.Synchronisation {
    guard self == .plain else { return .flipped }
    return StranglerData.Synchronisation(rawValue: settings.word("sync")) ?? .flipped
  }
}
