/// An interview as the log tells it.
public struct InterviewLog: Sendable, Hashable {
  /// A line with the event that holds it, so that it can be taken back.
  public struct Line: Sendable, Hashable {
    /// The event.
    public let event: EventID
    /// What was typed, and when by the interview's clock.
    public let record: InterviewLineRecord

    /// A line with its event.
    public init(event: EventID, record: InterviewLineRecord) {
      self.event = event
      self.record = record
    }
  }

  /// The event that began it.
  public let id: EventID
  /// How it was begun.
  public let plan: InterviewPlanRecord
  /// What was typed, in order.
  public let lines: [Line]
}

extension ProgressStore {
  /// Every interview that was begun, in the order of the log.
  public func interviews() throws(StoreError) -> [InterviewLog] {
    let events = try read { try LogTable.effective([.interview, .interviewLine], $0) }
    var lines: [EventID: [InterviewLog.Line]] = [:]
    for event in events {
      guard case .interviewLine(let record) = event.fact else { continue }
      lines[record.interview, default: []].append(.init(event: event.id, record: record))
    }
    return events.compactMap { event in
      guard case .interviewBegan(let plan) = event.fact else { return nil }
      return InterviewLog(id: event.id, plan: plan, lines: lines[event.id] ?? [])
    }
  }
}
