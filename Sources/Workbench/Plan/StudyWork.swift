/// A piece of work that a plan can give to a day.
struct StudyWork: Hashable {
  /// What it belongs to, so that pieces that follow each other can be told as one: `caching`.
  let subject: String
  /// What it is: `steps`, `drill`, `weak`, `case` or `interview`.
  let kind: Kind
  /// What to do, in a few words: `step 4: Why modulo hurts`.
  let title: String
  /// What to type.
  let command: String
  /// Why it is in the plan.
  let reason: String
  /// About how long it takes.
  let minutes: Int

  /// The kinds of work.
  enum Kind: String, Hashable {
    /// A step of a lesson.
    case step
    /// A drill that was not run yet.
    case drill
    /// Something that went wrong before.
    case weak
    /// A step of a case study.
    case caseStudy = "case"
    /// A mock interview.
    case interview
  }
}

/// What there is to do, by urgency.
struct StudyBacklog {
  /// What went wrong before.
  var weak: [StudyWork] = []
  /// Topics with their open steps and drills, in the order of the graph of prerequisites.
  var topics: [(id: String, works: [StudyWork])] = []
  /// What each topic needs to be known before, by the topic's id.
  var needs: [String: [String]] = [:]
  /// Case studies with their open steps.
  var cases: [(id: String, works: [StudyWork])] = []
  /// Mock interviews, for the end.
  var interviews: [StudyWork] = []

  /// The minutes of everything.
  var minutes: Int {
    [weak, topics.flatMap(\.works), cases.flatMap(\.works), interviews].joined()
      .reduce(0) { $0 + $1.minutes }
  }
}
