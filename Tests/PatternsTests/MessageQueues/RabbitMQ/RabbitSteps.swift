import Kernel
import Patterns
import Recordings

/// How to act on the named experiments of a recording, each on a broker of its own.
///
/// The name of an experiment says what is done, figures included, so another recording may have
/// the same experiments with other figures.
struct RabbitSteps: Sendable {
  /// Words that must stand in the name of the experiment, in this order.
  let words: [String]
  /// Does it: the row that was recorded, with the inputs it names, and the recording.
  let act: @Sendable (inout Stage, [JSONText]) throws -> [JSONText]

  /// A broker for an experiment, and the figures in its name.
  struct Stage {
    var lab = RabbitLab()
    let label: String
    let recording: Recording

    /// The whole numbers in the name, in order.
    var figures: [Int] {
      label.split { !$0.isNumber }.compactMap { Int($0) }
    }

    /// What follows `word` up to the next `;`, `:` or the end, split at commas.
    func list(after word: String) -> [String] {
      guard let start = label.firstRange(of: word)?.upperBound else { return [] }
      let rest = label[start...].prefix { $0 != ";" && $0 != ":" }
      return rest.split(separator: ",").map { item in
        String(item.drop { $0 == " " }.prefix { $0 != " " })
      }
    }
  }

  func carryOut(_ row: [JSONText], _ recording: Recording) throws -> [JSONText] {
    var stage = Stage(label: row[0].string ?? "", recording: recording)
    stage.lab.ask(.confirmSelect)
    return try act(&stage, row)
  }

  /// The reading of the experiment called `label`, or nil.
  static func reading(of label: String) -> RabbitSteps? {
    all.first { steps in
      var rest = label[...]
      return steps.words.allSatisfy { word in
        guard let range = rest.firstRange(of: word) else { return false }
        rest = rest[range.upperBound...]
        return true
      }
    }
  }

  static let all = routing + limits + deaths
}

extension RabbitReply {
  /// A confirmation as recordings write it.
  var confirmWord: JSONText? {
    switch self {
    case .confirmed: .text("ack")
    case .refused: .text("nack")
    default: nil
    }
  }
}

extension Array where Element == RabbitReply {
  var confirmWords: [JSONText] { compactMap(\.confirmWord) }

  /// The code and the text that a channel was closed with.
  var closure: [JSONText] {
    compactMap { reply -> [JSONText]? in
      guard case .closed(let closure) = reply else { return nil }
      return [.number(closure.code), .text(closure.text)]
    }.first ?? []
  }
}
