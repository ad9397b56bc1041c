import Kernel

/// Load shedding under plain names, and as some tools do it, under their own.
public enum LoadSheddingPreset: String, Hashable, PresetTable {
  /// Every mechanism, under plain names.
  case plain
  /// Netflix concurrency-limits, Gradient2Limit within WindowedLimit.
  case netflix
  /// Netflix concurrency-limits, VegasLimit.
  case netflixVegas = "netflix-vegas"
  /// Netflix concurrency-limits, AIMDLimit.
  case netflixAIMD = "netflix-aimd"
  /// Envoy's adaptive concurrency filter.
  case envoy
  /// Envoy's admission control filter.
  case envoyAdmission = "envoy-admission"
  /// The client-side throttling of Google's SRE book.
  case googleSRE = "google-sre"
  /// The CoDel of Facebook's folly.
  case folly

  /// The row of the tool.
  public var row: PresetRow<SheddingDesign> {
    switch self {
    case .plain: PlainShedding.row
    case .netflix: NetflixLimits.gradient2
    case .netflixVegas: NetflixLimits.vegas
    case .netflixAIMD: NetflixLimits.aimd
    case .envoy: EnvoyShedding.adaptiveConcurrency
    case .envoyAdmission: EnvoyShedding.admissionControl
    case .googleSRE: CallerSideShedding.googleSRE
    case .folly: CallerSideShedding.folly
    }
  }

  /// The plain design that `settings` describe, built in a wrong way for drills; nil for the right
  /// one.
  public static func plainDesign(
    _ settings: Settings, seed: UInt64, shortcut: LoadSheddingShortcut?
  ) -> SheddingDesign {
    PlainShedding.design(settings, seed: seed, shortcut: shortcut)
  }
}
