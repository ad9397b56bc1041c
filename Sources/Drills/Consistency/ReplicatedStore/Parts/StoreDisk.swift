import Kernel
import Patterns
import Simulation

/// What the disk of a store's node keeps, whatever the store.
struct StoreDisk: StableStorage {
  /// One write.
  indirect enum Record: QuorumEntry, Hashable {
    case primaryBackup(PrimaryBackupStorage.Record)
    case raft(RaftStoreNode.Write)
    case quorum(QuorumStorage.Record)
    case convergent(ConvergentData)
  }

  var primaryBackup = PrimaryBackupStorage()
  var raft: RaftStoreNode.Storage
  var quorum = QuorumStorage()
  var convergent = ConvergentData()

  /// The disk of a node that was founded with `replicas`.
  init(replicas: [NodeID]) {
    raft = RaftStorage(founders: RaftMembership(voters: replicas))
  }

  mutating func apply(_ record: Record) {
    switch record {
    case .primaryBackup(let record): primaryBackup.apply(record)
    case .raft(let write): raft.write(write)
    case .quorum(let record): quorum.apply(record)
    case .convergent(let data): convergent = data
    }
  }
}
