import Kernel

extension HTMLRenderer {
  func bars(_ chart: BarChart) -> [String] {
    let largest = chart.bars.map(\.value).filter(\.isFinite).max() ?? 0
    var lines = ["<table class=\"bars\">"]
    for bar in chart.bars {
      let share = largest > 0 && bar.value.isFinite ? max(0, bar.value / largest) : 0
      let width = DecimalText.fixed(share * 16, decimals: 2)
      let tone = bar.tone.map { " \($0.rawValue)" } ?? ""
      lines.append(
        "<tr><th>\(HTMLText.escape(SafeText.line(bar.label)))</th>"
          + "<td class=\"figure\">\(HTMLText.escape(SafeText.line(bar.text)))</td>"
          + "<td><span class=\"bar\(tone)\" style=\"width:\(width)rem\"></span></td></tr>")
    }
    lines.append("</table>")
    if let caption = chart.caption {
      lines.append("<p class=\"quiet\">\(HTMLText.escape(SafeText.line(caption)))</p>")
    }
    return lines
  }
}
