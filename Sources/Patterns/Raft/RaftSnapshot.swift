import Kernel

/// The state machine as of one index, in place of the log up to there.
///
/// Sent in one message: the chunks of the paper's InstallSnapshot are left to the transport.
public struct RaftSnapshot<Image: Sendable & Hashable>: Sendable, Hashable {
  /// The last index that the image contains.
  public let index: RaftIndex
  /// The term of the entry at that index.
  public let term: RaftTerm
  /// The members as of that index.
  public let membership: RaftMembership
  /// The state of the application.
  public let image: Image

  /// The image of everything up to `index`.
  public init(index: RaftIndex, term: RaftTerm, membership: RaftMembership, image: Image) {
    self.index = index
    self.term = term
    self.membership = membership
    self.image = image
  }
}
