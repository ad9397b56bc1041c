import Kernel

extension Blueprint {
  /// Rules about what must not be lost, and about what the design says of itself.
  func dataLints() -> [Lint] {
    var lints: [Lint] = []
    let load = OfferedLoad(self)
    let writes = DesignTables.operations(self).filter(\.isWrite).map(\.name)
    for (place, component) in components.enumerated() {
      if let store = component.store, component.replicas > 1, store.acks == 1,
        store.failover != nil, writes.contains(where: load.operations[place].contains)
      {
        lints.append(
          Lint(
            "lossy-failover", .soft, component.name,
            "\(component.name) acknowledges a write that one copy has: a failover loses what the "
              + "others had not got yet. Wait for two, or say that the loss is fine."))
      }
      if component.kind.role == .queue,
        !components.contains(where: { $0.consumes == place })
      {
        lints.append(
          Lint(
            "no-workers", .hard, component.name,
            "\(component.name) takes work in that nobody fetches."))
      }
    }
    if objectives.isEmpty {
      lints.append(
        Lint(
          "no-objectives", .soft, id,
          "the design does not say what it must achieve; write objectives such as "
            + "'success >= 99.9 %' and 'p99 < 300 ms'."))
    }
    return lints
  }
}
