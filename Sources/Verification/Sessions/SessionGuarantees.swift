/// What a store may promise to each client on its own.
///
/// Source: Terry and others, "Session guarantees for weakly consistent replicated data" (1994).
public enum SessionGuarantee: String, Sendable, Hashable, CaseIterable {
  /// A read sees the session's earlier writes, or what came after them.
  case readYourWrites
  /// A read sees what the session's earlier reads saw, or what came after that.
  case monotonicReads
  /// The session's writes are ordered as it made them.
  case monotonicWrites
  /// A write is ordered after what the session read before it.
  case writesFollowReads

  /// The guarantee in words.
  public var title: String {
    switch self {
    case .readYourWrites: "read your writes"
    case .monotonicReads: "monotonic reads"
    case .monotonicWrites: "monotonic writes"
    case .writesFollowReads: "writes follow reads"
    }
  }
}

/// Two operations of one session on one key whose versions are the wrong way round.
public struct SessionWitness: Sendable, Hashable {
  /// The operation that came first, as an index.
  public let earlier: Int
  /// The operation that came later and has the older version, as an index.
  public let later: Int
}

/// Checks the four session guarantees in one pass.
///
/// It needs of a history: the operations of each session in its order, and the version that each
/// read saw and each write made. It judges key by key, which is all that clients of single keys can
/// see of these guarantees: a read of another key may have been served elsewhere. What goes across
/// keys is causal consistency.
public enum SessionGuarantees {
  /// The verdict on every guarantee, in the order of `SessionGuarantee.allCases`, each with the
  /// first pair that breaks it.
  public static func check(
    _ operations: [VersionedOperation]
  ) -> [(guarantee: SessionGuarantee, verdict: Verdict<SessionWitness>)] {
    var newest: [SessionKey: Newest] = [:]
    var witnesses = [SessionWitness?](repeating: nil, count: SessionGuarantee.allCases.count)
    for (index, operation) in operations.enumerated() {
      let key = SessionKey(session: operation.session, key: operation.key)
      let before = newest[key, default: Newest()]
      let isRead = operation.kind == .read
      let afterWrite = isRead ? 0 : 2
      for (place, mark) in [(afterWrite, before.written), (afterWrite + 1, before.read)] {
        guard let mark, mark.version > operation.version, witnesses[place] == nil else { continue }
        witnesses[place] = SessionWitness(earlier: mark.index, later: index)
      }
      newest[key, default: Newest()].note(operation, index)
    }
    return zip(SessionGuarantee.allCases, witnesses).map { guarantee, witness in
      (guarantee, witness.map { .violated($0) } ?? .holds)
    }
  }

  private struct SessionKey: Hashable {
    let session: Int
    let key: Datum
  }

  /// The newest versions that a session wrote and read of a key.
  private struct Newest {
    var written: (version: Int, index: Int)?
    var read: (version: Int, index: Int)?

    mutating func note(_ operation: VersionedOperation, _ index: Int) {
      switch operation.kind {
      case .read where operation.version > read?.version ?? .min:
        read = (operation.version, index)
      case .write where operation.version > written?.version ?? .min:
        written = (operation.version, index)
      case .read, .write: break
      }
    }
  }
}
