import Kernel
import Recall

/// Everything that follows from the log, for people to read.
public struct ProgressSummary: Sendable, Hashable {
  /// Where the learner stands.
  public let position: Place?
  /// The topics that something happened in.
  public let topics: [TopicProgress]
  /// The drills that were run.
  public let drills: [DrillProgress]
  /// The predictions with what was measured.
  public let predictions: [PredictionOutcome]
  /// The review schedule, in the order of due times.
  public let schedule: [ScheduledItem]
  /// The notes, in the order of writing.
  public let notes: [Note]

  /// How often the learner's ranges held.
  public var calibration: Calibration { Calibration(predictions) }
}

extension ProgressStore {
  /// Everything that follows from the log.
  public func summary() throws(StoreError) -> ProgressSummary {
    ProgressSummary(
      position: try position(), topics: try topics(), drills: try drills(),
      predictions: try predictions(), schedule: try schedule(), notes: try notes())
  }
}

extension ProgressSummary {
  /// The summary as part of the exported document.
  var json: JSON {
    .members([
      "position": position.map { place in
        .members(["topic": .text(place.topic), "step": .text(place.step)])
      },
      "topics": .list(topics.map(\.json)),
      "drills": .list(drills.map(\.json)),
      "calibration": calibration.json,
      "reviews": .list(schedule.map(\.json)),
      "notes": .list(notes.map(\.json)),
    ])
  }
}

extension TopicProgress {
  fileprivate var json: JSON {
    .members([
      "topic": .text(topic), "done": .list(done.map(JSON.text)),
      "skipped": .list(skipped.map(JSON.text)), "answered": .integer(lastAnswers.count),
      "right": .integer(rightCount), "last": .integer(lastMilliseconds),
    ])
  }
}

extension DrillProgress {
  fileprivate var json: JSON {
    .members([
      "drill": .text(drill), "attempts": .integer(attemptCount), "passed": .boolean(isPassed),
      "firstPass": firstPass.map(JSON.integer), "best": best.map { .text($0.token) },
    ])
  }
}

extension Calibration {
  fileprivate var json: JSON {
    .members([
      "ranges": .integer(rangeCount), "held": .integer(heldCount),
      "numbers": .integer(pointCount), "near": .integer(nearCount),
    ])
  }
}

extension ScheduledItem {
  fileprivate var json: JSON {
    .members([
      "item": .text(item.text), "state": .text(stateWord),
      "due": .integer(dueMilliseconds),
      "last": state.lastSeconds.map { .integer($0 * 1_000) },
      "stability": stabilityDays.map(JSON.number),
      "difficulty": difficulty.map(JSON.number),
    ])
  }
}

extension Note {
  fileprivate var json: JSON {
    .members([
      "id": .text(id.text), "topic": place.map { .text($0.topic) },
      "step": place.map { .text($0.step) }, "text": .text(text),
      "added": .integer(addedMilliseconds), "edited": .integer(editedMilliseconds),
    ])
  }
}
