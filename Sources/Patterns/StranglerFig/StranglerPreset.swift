import Kernel

/// The facades and comparisons that can be had: the plain one, and those of tools under their own
/// names.
public enum StranglerPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option under plain names.
  case plain
  /// GitHub's Scientist, a library for comparing.
  case scientist
  /// nginx with its mirror module.
  case nginx
  /// Diffy, a proxy that compares.
  case diffy

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(
        id: rawValue, title: "Plain",
        knobs: [
          Knob(
            "shadow.share", .number(0...1, .fraction), standard: .number(1),
            "The share of reads that is copied and compared."),
          Knob(
            "shadow.writes", .flag, standard: .flag(false),
            "Whether writes are copied in shadow too."),
          Knob(
            "canary.share", .number(0...1, .fraction), standard: .number(0.05),
            "The share that the new system answers in canary."),
          Knob(
            "canary.by", .choice(StranglerRoute.Unit.allCases.map(\.rawValue)),
            standard: .word("user"), "Whether the share is one of users or of requests."),
          Knob(
            "sync", .choice(StranglerData.Synchronisation.allCases.map(\.rawValue)),
            standard: .word("flipped"), "Which way data is carried."),
        ], leavesOut: [])
    case .scientist:
      ToolPreset(
        id: rawValue, title: "Scientist (Ruby)",
        knobs: [
          Knob(
            "percent_enabled", .number(0...1, .fraction), standard: .number(1),
            source: "github/scientist README.md @0171cdd57900, the example of ramping up: 100",
            "The share of calls in which the candidate runs too.")
        ],
        leavesOut: [
          "It is safe only for code that changes no data; here writes are never copied.",
          "Control and candidate run one after the other in random order, in the same process.",
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
          "A third instance that runs the old code, against which noise is measured."
        ])
    }
  }

  /// How a route is set by `settings`, which must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> StranglerRoute.Options {
    switch self {
    case .plain:
      StranglerRoute.Options(
        share: settings.number("canary.share"),
        unit: StranglerRoute.Unit(rawValue: settings.word("canary.by")) ?? .user,
        mirrorShare: settings.number("shadow.share"),
        mirrorsWrites: settings.flag("shadow.writes"))
    case .scientist: StranglerRoute.Options(mirrorShare: settings.number("percent_enabled"))
    case .nginx:
      StranglerRoute.Options(
        mirrorShare: settings.word("mirror") == "on" ? 1 : 0, mirrorsWrites: true)
    case .diffy:
      StranglerRoute.Options(mirrorsWrites: settings.flag("allowHttpSideEffects"))
    }
  }

  /// Which way data is carried.
  public func synchronisation(_ settings: Settings) -> StranglerData.Synchronisation {
    guard self == .plain else { return .flipped }
    return StranglerData.Synchronisation(rawValue: settings.word("sync")) ?? .flipped
  }
}
