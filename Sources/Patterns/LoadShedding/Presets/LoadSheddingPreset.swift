import Kernel

/// Load shedding under plain names, and as some tools do it, under their own.
public enum LoadSheddingPreset: String, Sendable, Hashable, CaseIterable {
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

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainShedding.tool
    case .netflix: NetflixLimits.gradient2
    case .netflixVegas: NetflixLimits.vegas
    case .netflixAIMD: NetflixLimits.aimd
    case .envoy: EnvoyShedding.adaptiveConcurrency
    case .envoyAdmission: EnvoyShedding.admissionControl
    case .googleSRE: CallerSideShedding.googleSRE
    case .folly: CallerSideShedding.folly
    }
  }

  /// The design that `settings` describe; they must hold the knobs of `tool`.
  public func design(
    _ settings: Settings, seed: UInt64 = 1, shortcut: LoadSheddingShortcut? = nil
  ) -> SheddingDesign {
    switch self {
    case .plain: PlainShedding.design(settings, seed: seed, shortcut: shortcut)
    case .netflix: NetflixLimits.gradient2Design(settings)
    case .netflixVegas: NetflixLimits.vegasDesign(settings, seed: seed)
    case .netflixAIMD: NetflixLimits.aimdDesign(settings)
    case .envoy: EnvoyShedding.adaptiveDesign(settings, seed: seed)
    case .envoyAdmission: EnvoyShedding.admissionDesign(settings)
    case .googleSRE: CallerSideShedding.googleDesign(settings)
    case .folly: CallerSideShedding.follyDesign(settings)
    }
  }
}
