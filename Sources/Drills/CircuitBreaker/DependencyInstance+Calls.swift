extension DependencyInstance {
  /// Instance `number` of the dependency that the settings describe.
  init(_ number: Int, _ settings: CallSettings, seed: UInt64) {
    self.init(
      settings.instanceNames[number], slots: settings.slots, queueLimit: settings.queueLimit,
      seed: seed)
  }

  /// How many times as long work takes because the instance is cold.
  func coldness(_ settings: CallSettings) -> Double {
    coldness(factor: settings.coldFactor, calls: settings.coldCalls)
  }
}
