extension EtcdState {
  /// Runs an operation: checks it first, so that a refused one changes nothing.
  mutating func run(
    _ operation: EtcdOperation
  ) -> Result<EtcdOperationResponse, EtcdError> {
    let decided = decide(operation)
    if let error = refusal(of: decided) { return .failure(error) }
    var response = perform(decided)
    // A transaction's own header tells the revision that it made.
    if case .transaction(_, let succeeded, let parts) = response {
      response = .transaction(
        revision: store.headerRevision, succeeded: succeeded, parts)
    }
    return .success(response)
  }

  /// Answers a read from the state as it is.
  func read(_ operation: EtcdOperation) -> Result<EtcdOperationResponse, EtcdError> {
    var copy = self
    return copy.run(operation)
  }

  /// An operation whose comparisons are done: all are, before anything is written.
  indirect enum Decided {
    case range(EtcdRangeRequest)
    case put(EtcdPutRequest)
    case delete(EtcdKeyRange, previous: Bool)
    case transaction(succeeded: Bool, [Decided])
  }

  private func decide(_ operation: EtcdOperation) -> Decided {
    switch operation {
    case .range(let request): return .range(request)
    case .put(let request): return .put(request)
    case .delete(let keys, let previous): return .delete(keys, previous: previous)
    case .transaction(let transaction):
      let holds = transaction.compares.allSatisfy(holds)
      let chosen = holds ? transaction.success : transaction.failure
      return .transaction(succeeded: holds, chosen.map(decide))
    }
  }

  private func refusal(of operation: Decided) -> EtcdError? {
    switch operation {
    case .range(let request): return store.refusal(toReadAt: request.revision)
    case .put(let request):
      if request.ignoreValue || request.ignoreLease, store.read(request.key) == nil {
        return .keyNotFound
      }
      return request.lease != 0 && lease(request.lease) == nil ? .leaseNotFound : nil
    case .delete: return nil
    case .transaction(_, let parts): return parts.lazy.compactMap(refusal).first
    }
  }

  private mutating func perform(_ operation: Decided) -> EtcdOperationResponse {
    switch operation {
    case .range(let request): return .range(find(request))
    case .put(let request): return put(request)
    case .delete(let keys, let previous): return delete(keys, previous: previous)
    case .transaction(let succeeded, let parts):
      let responses = parts.map { perform($0) }
      return .transaction(
        revision: store.headerRevision, succeeded: succeeded, responses)
    }
  }

  private func find(_ request: EtcdRangeRequest) -> EtcdRangeResponse {
    let revision = request.revision > 0 ? request.revision : nil
    let all = store.read(request.keys, at: revision)
    var response = EtcdRangeResponse(
      revision: store.headerRevision, keyValues: [], more: false, count: all.count)
    if request.countOnly { return response }
    var kept = all.filter { request.admits($0) }
    request.sort(&kept)
    if request.limit > 0, kept.count > request.limit {
      kept.removeLast(kept.count - request.limit)
      response.more = true
    }
    if request.keysOnly { for place in kept.indices { kept[place].value = "" } }
    response.keyValues = kept
    return response
  }

  private func holds(_ compare: EtcdCompare) -> Bool {
    let found = store.read(compare.keys)
    guard found.isEmpty else { return found.allSatisfy(compare.holds) }
    // A missing value cannot be told from an empty one, so no comparison with it holds.
    if case .value = compare.target { return false }
    return compare.holds(
      for: EtcdKeyValue(key: "", createRevision: 0, modRevision: 0, version: 0, value: ""))
  }
}

extension EtcdCompare {
  func holds(for found: EtcdKeyValue) -> Bool {
    switch target {
    case .value(let value):
      if found.value == value { return relation == .equal }
      let isLess = EtcdKeyRange.precedes(found.value, value)
      return relation == .notEqual || relation == (isLess ? .less : .greater)
    case .version(let version): return compares(found.version, version)
    case .create(let revision): return compares(found.createRevision, revision)
    case .mod(let revision): return compares(found.modRevision, revision)
    case .lease(let lease): return compares(found.lease, lease)
    }
  }

  private func compares<Number: Comparable>(_ found: Number, _ constant: Number) -> Bool {
    switch relation {
    case .equal: found == constant
    case .notEqual: found != constant
    case .greater: found > constant
    case .less: found < constant
    }
  }
}

extension EtcdRangeRequest {
  fileprivate func admits(_ found: EtcdKeyValue) -> Bool {
    (minModRevision == 0 || found.modRevision >= minModRevision)
      && (maxModRevision == 0 || found.modRevision <= maxModRevision)
      && (minCreateRevision == 0 || found.createRevision >= minCreateRevision)
      && (maxCreateRevision == 0 || found.createRevision <= maxCreateRevision)
  }

  /// Sorts by the target, in order of keys among equals.
  fileprivate func sort(_ found: inout [EtcdKeyValue]) {
    guard order != .none || target != .key else { return }
    let isDescending = order == .descending
    let sorted = found.enumerated().sorted { left, right in
      if precedes(left.element, right.element) { return !isDescending }
      if precedes(right.element, left.element) { return isDescending }
      return left.offset < right.offset
    }
    found = sorted.map(\.element)
  }

  private func precedes(_ left: EtcdKeyValue, _ right: EtcdKeyValue) -> Bool {
    switch target {
    case .key: EtcdKeyRange.precedes(left.key, right.key)
    case .version: left.version < right.version
    case .create: left.createRevision < right.createRevision
    case .mod: left.modRevision < right.modRevision
    case .value: EtcdKeyRange.precedes(left.value, right.value)
    }
  }
}
