import Curriculum
import Kernel
import Presentation
import Progress

/// An interview as it is kept: the machine after its lines, and the events that hold them.
struct KeptInterview {
  let id: EventID
  var interview: Interview
  var lines: [InterviewLog.Line]
}

extension Session {
  /// A fresh interview on a plan.
  func interview(_ plan: InterviewPlan) throws(Diagnostic) -> Interview {
    let subject = try library.interviewSubject(plan.topic)
    return Interview(subject, plan) { [library] text throws(Diagnostic) in
      try library.design(fromText: text, of: subject)
    }
  }

  /// Begins an interview and opens it.
  func begin(_ plan: InterviewPlan) throws(Diagnostic) -> Document {
    let interview = try interview(plan)
    let fact = Fact.interviewBegan(
      InterviewPlanRecord(topic: plan.topic, minutes: plan.minutes, level: plan.level.rawValue))
    let event = try remembering { () throws(StoreError) in try store.append(fact) }
    let kept = KeptInterview(id: event.id, interview: interview, lines: [])
    return try open(InterviewDesk(kept, self))
  }

  /// Opens an interview where it was left.
  func resume(_ kept: KeptInterview) throws(Diagnostic) -> Document {
    let desk = InterviewDesk(kept, self)
    let said = Document([.text("Going on where it was left; the clock stood meanwhile.")])
    return said + (try open(desk))
  }

  /// Every interview that was begun and whose case is still there, the earliest first.
  func keptInterviews() throws(Diagnostic) -> [KeptInterview] {
    var kept: [KeptInterview] = []
    for log in try interviewLogs() {
      if let one = try keep(log) { kept.append(one) }
    }
    return kept
  }

  /// The last interview that is not finished; on one case if given.
  func openInterview(on topic: String?) throws(Diagnostic) -> KeptInterview? {
    for log in try interviewLogs().reversed() where topic == nil || log.plan.topic == topic {
      if let kept = try keep(log), kept.interview.phase != .over { return kept }
    }
    return nil
  }

  /// The last interview.
  func lastInterview() throws(Diagnostic) -> KeptInterview {
    if let desk = desk as? InterviewDesk { return desk.kept }
    for log in try interviewLogs().reversed() {
      if let kept = try keep(log) { return kept }
    }
    throw Diagnostic("There was no interview yet.", expected: "'interview CASE'")
  }

  private func interviewLogs() throws(Diagnostic) -> [InterviewLog] {
    try remembering { () throws(StoreError) in try store.interviews() }
  }

  /// The interview that a log tells of; nil when its case is gone.
  private func keep(_ log: InterviewLog) throws(Diagnostic) -> KeptInterview? {
    guard library.interviewTopics.contains(log.plan.topic),
      let level = InterviewLevel(rawValue: log.plan.level)
    else { return nil }
    let plan = InterviewPlan(topic: log.plan.topic, minutes: log.plan.minutes, level: level)
    return try replay(log.id, interview(plan), log.lines)
  }

  /// The interview after its lines; what a changed rubric would refuse now is passed over.
  func replay(
    _ id: EventID, _ fresh: Interview, _ lines: [InterviewLog.Line]
  ) -> KeptInterview {
    var interview = fresh
    for line in lines { _ = try? interview.take(line.record.line, at: line.record.atSeconds) }
    return KeptInterview(id: id, interview: interview, lines: lines)
  }
}
