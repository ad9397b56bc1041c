import Kernel

extension EtcdServer {
  /// Lets a read wait for the next confirmation of the leader, and asks for one if none runs.
  mutating func startRead(for key: EtcdWatchHub.Key, _ turn: inout Turn) {
    reads.waiting.append(key)
    startNextReads(&turn)
  }

  mutating func startNextReads(_ turn: inout Turn) {
    if reads.current.isEmpty {
      reads.attempts = []
      timers.cancel(.readRetry)
    }
    guard reads.current.isEmpty, !reads.waiting.isEmpty else { return }
    reads.current = reads.waiting
    reads.waiting = []
    confirmLeader(&turn)
  }

  private mutating func confirmLeader(_ turn: inout Turn) {
    nextNumber += 1
    // Numbers must not come again after a restart, or an answer from before could confirm a read.
    let read = Int(epoch.nanoseconds) &+ nextNumber
    reads.attempts.append(read)
    feed(.read(read), &turn)
  }

  mutating func retryReads(_ turn: inout Turn) {
    guard reads.isBusy else { return }
    confirmLeader(&turn)
  }

  /// The leader is confirmed and everything up to the read's index is applied here.
  mutating func finishReads(_ read: RaftReadID, _ turn: inout Turn) {
    guard reads.attempts.contains(read) else { return }
    let ready = reads.current
    reads.current = []
    for key in ready {
      guard let place = place(of: key), case .reading(let operation) = calls[place].stage
      else { continue }
      close(at: place, with: self.read(operation), &turn)
    }
    startNextReads(&turn)
  }

  /// The leader changed: the reads that asked the old one fail.
  mutating func failReads(_ turn: inout Turn) {
    let failed = reads.current
    reads.current = []
    for key in failed {
      if let place = place(of: key) {
        close(at: place, with: .failure(.leaderChanged), &turn)
      }
    }
    startNextReads(&turn)
  }

  private func place(of key: EtcdWatchHub.Key) -> Int? {
    calls.firstIndex { $0.client == key.client && $0.call == key.call }
  }
}
