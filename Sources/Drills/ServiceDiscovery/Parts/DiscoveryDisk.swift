import Kernel
import Patterns
import Simulation

/// What the disk of a registry machine keeps; all other processes keep nothing.
struct DiscoveryDisk: StableStorage {
  /// One write.
  indirect enum Record: Sendable, Hashable {
    case consul(RaftWrite<StampedCommand<ConsulCommand>, ConsulCatalog>)
    case etcd(RaftWrite<EtcdCommand, EtcdState>)
    case kubernetes(RaftWrite<StampedCommand<KubeCommand>, KubeStore>)
  }

  var consul: RaftStorage<StampedCommand<ConsulCommand>, ConsulCatalog>
  var etcd: EtcdDisk
  var kubernetes: RaftStorage<StampedCommand<KubeCommand>, KubeStore>

  /// The disk of a machine that was founded with `servers`.
  init(servers: [NodeID]) {
    let founders = RaftMembership(voters: servers)
    consul = RaftStorage(founders: founders)
    etcd = RaftStorage(founders: founders)
    kubernetes = RaftStorage(founders: founders)
  }

  mutating func apply(_ record: Record) {
    switch record {
    case .consul(let write): consul.write(write)
    case .etcd(let write): etcd.write(write)
    case .kubernetes(let write): kubernetes.write(write)
    }
  }
}
