/// What a broker keeps for one channel.
struct RabbitChannel: Sendable, Equatable {
  /// A delivery without an acknowledgement.
  struct Outstanding: Sendable, Equatable {
    let tag: Int
    let queue: String
    let position: Int
    let holder: RabbitHolder
  }

  /// A publish without a confirmation.
  struct Unconfirmed: Sendable, Equatable {
    /// How many quorum queues have not answered.
    var pending: Int
    var isRefused: Bool
  }

  let id: RabbitChannelID
  /// The limit for consumers made from now on.
  var prefetch: Int
  var isGlobalLimitSet = false
  var isConfirming = false
  var published = 0
  var delivered = 0
  /// The queue of each consumer, by tag.
  var consumers: [String: String] = [:]
  /// What is outstanding, the lowest tag first.
  var outstanding: [Outstanding] = []
  var unconfirmed: [Int: Unconfirmed] = [:]
  /// The quorum queues that may hold something for it.
  var quorumQueues: Set<String> = []

  /// Takes out the deliveries that a settlement means, or nil when the channel does not hold `tag`.
  mutating func take(_ tag: Int, multiple: Bool) -> [Outstanding]? {
    if multiple, tag == 0 {
      defer { outstanding = [] }
      return outstanding
    }
    guard let place = place(of: tag) else { return nil }
    guard multiple else { return [outstanding.remove(at: place)] }
    defer { outstanding.removeFirst(place + 1) }
    return Array(outstanding[...place])
  }

  private func place(of tag: Int) -> Int? {
    var low = 0
    var high = outstanding.count
    while low < high {
      let middle = (low + high) / 2
      if outstanding[middle].tag < tag { low = middle + 1 } else { high = middle }
    }
    return low < outstanding.count && outstanding[low].tag == tag ? low : nil
  }
}
