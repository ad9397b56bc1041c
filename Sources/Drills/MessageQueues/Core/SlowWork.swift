import Kernel

/// Messages whose work takes much longer than usual, as a large image takes among small ones.
struct SlowWork: Sendable, Equatable {
  /// The share of such messages, from 0 to 1.
  var share = 0.0
  /// How long the work on one takes.
  var time = TimeSpan.zero

  /// How long the work takes, if the message is such a one; draws nothing where there are none.
  func draw(_ random: inout RandomStream) -> TimeSpan? {
    share > 0 && random.chance(share) ? time : nil
  }
}
