import Curriculum
import Drills
import Kernel

extension Session {
  /// What Tab offers for the last word of `text`: whole words, in alphabetical order.
  public func completions(for text: String) -> [String] {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let isNewWord = text.last?.isWhitespace ?? true
    let before = isNewWord ? words : Array(words.dropLast())
    let start = isNewWord ? "" : words.last ?? ""
    let offers = (before.isEmpty ? firstWords : self.offers(after: before)) + formulas(start)
    return Array(Set(offers.filter { $0.hasPrefix(start) && !$0.isEmpty })).sorted()
  }

  /// Words of a formula that go on what stands behind the last sign: `peak(ra` to `peak(rate`.
  private func formulas(_ start: String) -> [String] {
    let isPart = { (character: Character) in
      character.isLetter || character.isNumber || character == "_"
    }
    let tail = String(start.reversed().prefix(while: isPart).reversed())
    guard tail.first?.isLetter == true else { return [] }
    let head = start.dropLast(tail.count)
    return desk.formulaWords.filter { $0.hasPrefix(tail) }.map { head + $0 }
  }

  private var firstWords: [String] {
    let names = CommandRegistry.commands.flatMap { [$0.spec.name] + $0.spec.aliases }
    return names.map { String($0.prefix { $0 != " " }) } + desk.words
  }

  private func offers(after words: [String]) -> [String] {
    let second = words.count == 1 ? CommandRegistry.continuations(of: words[0]) : []
    guard let (command, count) = CommandRegistry.find(words) else {
      if !second.isEmpty { return second }
      return desk.openBench == nil ? [] : desk.words
    }
    let given = words.dropFirst(count)
    let spec = command.spec
    if let option = spec.options.first(where: { $0.name == given.last }), option.value != nil {
      return optionValues(option.name, given: Array(given))
    }
    let place = min(given.count { !$0.hasPrefix("-") }, max(spec.arguments.count - 1, 0))
    let isOpen = spec.arguments.indices.contains(place)
    let own = isOpen ? values(spec.arguments[place].completion) : []
    return second + own + spec.options.map(\.name)
  }

  private func optionValues(_ option: String, given: [String]) -> [String] {
    let id = given.first { !$0.hasPrefix("-") } ?? ""
    switch option {
    case "--as":
      return (try? TopicRegistry.topic(id))?.presets.map(\.id) ?? []
    case "--set", "--vary":
      guard let drill = try? library.drill(id) else { return [] }
      return drill.settings.knobs.map { $0.name + "=" }
    default: return []
    }
  }

  private func values(_ completion: CommandSpec.Completion) -> [String] {
    switch completion {
    case .nothing: []
    case .topics: library.topics + library.drillIDs
    case .drills: library.drillIDs
    case .designs: library.folders.filter(\.isCase).map(\.topic) + library.blueprintIDs
    case .commands: CommandRegistry.words
    case .steps: (desk as? LessonDesk)?.lesson.steps.map(\.id) ?? []
    case .knobs: desk.settings?.knobs.map { $0.name + "=" } ?? []
    case .words(let words): words
    }
  }
}
