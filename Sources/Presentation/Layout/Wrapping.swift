/// Breaks running text into lines of at most a width.
enum Wrapping {
  /// What becomes of a word that is longer than a line.
  enum LongWord {
    /// It is cut, so that no line is ever wider than the width.
    case cut
    /// It stands alone on a line that is too long, so that it can be copied whole.
    case keep
  }

  /// The lines of `runs`, broken at spaces and between ideographs, at line feeds in any case.
  ///
  /// Spaces inside a line stay as they are; those at a break are dropped. There is at least one
  /// line.
  static func wrap(_ runs: [Run], width: Int, longWords: LongWord = .cut) -> [Line] {
    var lines: [Line] = []
    for paragraph in split(runs) {
      var filler = Filler(width: max(2, width), longWords: longWords)
      for word in words(of: paragraph) { filler.add(word) }
      lines += filler.lines + [filler.line]
    }
    return lines
  }

  /// Runs between hard line ends.
  private static func split(_ runs: [Run]) -> [[Run]] {
    var paragraphs: [[Run]] = [[]]
    for run in runs {
      let parts = run.words.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index > 0 { paragraphs.append([]) }
        paragraphs[paragraphs.count - 1].append(Run(String(part), run.ink))
      }
    }
    return paragraphs
  }

  /// What is never parted, with the spaces before it.
  private struct Word {
    var gap = Line()
    var body = Line()
  }

  private static func words(of runs: [Run]) -> [Word] {
    var words: [Word] = []
    var word = Word()
    var mayBreak = false
    for run in runs {
      for character in run.words {
        if character == " " {
          if !word.body.isEmpty {
            words.append(word)
            word = Word()
          }
          word.gap.append(" ", run.ink)
          mayBreak = false
          continue
        }
        let isIdeograph = DisplayWidth.isIdeograph(character)
        let isTied = closingSigns.contains(character)
        if !word.body.isEmpty, mayBreak || isIdeograph, !isTied {
          words.append(word)
          word = Word()
        }
        word.body.append(String(character), run.ink)
        mayBreak = isIdeograph
      }
    }
    if !word.body.isEmpty { words.append(word) }
    return tied(words)
  }

  /// The words with each figure tied to its unit, as in `50 ms` and `80 %`.
  private static func tied(_ words: [Word]) -> [Word] {
    words.reduce(into: []) { result, word in
      let text = word.body.plain
      let unit = text.prefix { !",.;:)'".contains($0) }
      if let last = result.indices.last, word.gap.width == 1, units.contains(String(unit)),
        result[last].body.plain.last?.isNumber ?? false
      {
        result[last].body.append(word.gap)
        result[last].body.append(word.body)
      } else {
        result.append(word)
      }
    }
  }

  private static let units: Set<String> = [
    "%", "ns", "us", "ms", "s", "min", "h", "d", "B", "kB", "MB", "GB", "TB", "PB",
  ]

  /// Signs that must not begin a line in Chinese and Japanese.
  private static let closingSigns: Set<Character> = [
    "、", "。", "，", "．", "）", "」", "』", "】", "〉", "》", "！", "？", "：", "；", "ー", "々",
  ]

  /// Fills lines with words.
  private struct Filler {
    let width: Int
    let longWords: LongWord
    var lines: [Line] = []
    var line = Line()

    mutating func add(_ word: Word) {
      if line.isEmpty {
        place(word.body)
      } else if line.width + word.gap.width + word.body.width <= width {
        line.append(word.gap)
        line.append(word.body)
      } else {
        breakLine()
        place(word.body)
      }
    }

    private mutating func breakLine() {
      lines.append(line)
      line = Line()
    }

    private mutating func place(_ body: Line) {
      guard body.width > width, longWords == .cut else {
        line.append(body)
        return
      }
      for run in body.runs {
        for character in run.words {
          if line.width + DisplayWidth.of(character) > width, !line.isEmpty { breakLine() }
          line.append(String(character), run.ink)
        }
      }
    }
  }
}
