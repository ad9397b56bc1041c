extension EtcdOperation {
  /// Why the operation is refused before it is looked at any further, or nil.
  ///
  /// Source: etcd-io/etcd, server/etcdserver/api/v3rpc/key.go.
  func refusal(maxOperations: Int) -> EtcdError? {
    switch self {
    case .range(let request): return request.keys.key.isEmpty ? .emptyKey : nil
    case .put(let request):
      if request.key.isEmpty { return .emptyKey }
      if request.ignoreValue, !request.value.isEmpty { return .valueProvided }
      return request.ignoreLease && request.lease != 0 ? .leaseProvided : nil
    case .delete(let keys, _): return keys.key.isEmpty ? .emptyKey : nil
    case .transaction(let transaction):
      return transaction.refusal(maxOperations) ?? transaction.duplicateWrites().error
    }
  }
}

extension EtcdTransaction {
  fileprivate func refusal(_ maxOperations: Int) -> EtcdError? {
    let count = max(compares.count, success.count, failure.count)
    if count > maxOperations { return .tooManyOperations }
    if compares.contains(where: { $0.keys.key.isEmpty }) { return .emptyKey }
    for operation in success + failure {
      switch operation {
      case .transaction(let nested):
        if let error = nested.refusal(maxOperations - count) { return error }
      case .range, .put, .delete:
        if let error = operation.refusal(maxOperations: 0) { return error }
      }
    }
    return nil
  }

  fileprivate struct Writes {
    var puts: [String] = []
    var deletes: [EtcdKeyRange] = []
    var error: EtcdError?
  }

  /// What both branches write; an error when one branch writes a key twice.
  fileprivate func duplicateWrites() -> Writes {
    let first = Self.writes(of: success)
    let second = Self.writes(of: failure)
    return Writes(
      puts: first.puts + second.puts, deletes: first.deletes + second.deletes,
      error: first.error ?? second.error)
  }

  /// What a list of operations writes.
  ///
  /// Deletes may meet deletes, puts may meet nothing; only one branch of a nested transaction is
  /// taken, so its branches may meet.
  private static func writes(of operations: [EtcdOperation]) -> Writes {
    var all = Writes()
    for case .delete(let keys, _) in operations { all.deletes.append(keys) }
    for case .transaction(let nested) in operations {
      let inner = nested.duplicateWrites()
      all.error = all.error ?? inner.error
      for key in Set(inner.puts).sorted() { all.add(key) }
      all.deletes += inner.deletes
    }
    for case .put(let request) in operations { all.add(request.key) }
    return all
  }
}

extension EtcdTransaction.Writes {
  fileprivate mutating func add(_ key: String) {
    if puts.contains(key) || deletes.contains(where: { $0.contains(key) }) {
      error = error ?? .duplicateKey
    }
    puts.append(key)
  }
}
