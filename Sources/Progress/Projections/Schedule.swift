import Recall

extension ProgressStore {
  /// Everything on the review schedule, in the order of due times.
  public func schedule() throws(StoreError) -> [ScheduledItem] {
    try read { try ScheduleTable.all($0) }
  }

  /// What is due now, the longest due first.
  public func due() throws(StoreError) -> [ScheduledItem] {
    let now = surroundings.clock() / 1_000
    return try read { try ScheduleTable.due(atSeconds: now, $0) }
  }

  /// Where a card or drill stands; nil when it was never reviewed.
  public func state(of item: ReviewItem) throws(StoreError) -> CardState? {
    try read { try ScheduleTable.item(item, $0) }?.state
  }

  /// The scheduler that cards follow, with the retention that the learner asked for.
  public func scheduler() throws(StoreError) -> Scheduler {
    Scheduler(SchedulerOptions(desiredRetention: try retention()))
  }

  /// Makes every projection that is kept in a table anew from the log.
  public func rebuild() throws(StoreError) {
    try write { try ScheduleTable.rebuild($0) }
  }
}
