/// How many more deliveries a channel may hold over all its consumers: `basic.qos` with `global`.
public struct RabbitCredit: Sendable, Hashable {
  private var left: [RabbitChannelID: Int] = [:]

  /// No channel is limited.
  public init() {}

  /// Whether `channel` may hold one more.
  public func hasRoom(_ channel: RabbitChannelID) -> Bool { left[channel].map { $0 > 0 } ?? true }

  /// Limits `channel`, which holds `held` now; a limit of 0 is none.
  public mutating func limit(_ channel: RabbitChannelID, to limit: Int, held: Int) {
    left[channel] = limit == 0 ? nil : limit - held
  }

  mutating func take(_ channel: RabbitChannelID) {
    if let room = left[channel] { left[channel] = room - 1 }
  }

  mutating func giveBack(_ channel: RabbitChannelID) {
    if let room = left[channel] { left[channel] = room + 1 }
  }

  mutating func forget(_ channel: RabbitChannelID) { left[channel] = nil }
}
