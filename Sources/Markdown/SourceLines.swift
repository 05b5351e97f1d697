/// The lines of a text as cmark counts them: ended by a line feed, a carriage return, or both.
struct SourceLines {
  private let text: String
  private var starts: [String.Index]
  private var isBlank: [Bool] = []

  init(_ text: String) {
    self.text = text
    starts = [text.startIndex]
    var blank = true
    let bytes = text.utf8
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      bytes.formIndex(after: &index)
      switch byte {
      case UInt8(ascii: "\r") where index < bytes.endIndex && bytes[index] == UInt8(ascii: "\n"):
        break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        isBlank.append(blank)
        starts.append(index)
        blank = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ">"):
        break
      default:
        blank = false
      }
    }
    isBlank.append(blank)
  }

  /// Line `number`, from 1, with its end of line; empty past the end.
  func line(_ number: Int) -> Substring {
    guard starts.indices.contains(number - 1) else { return "" }
    let end = starts.indices.contains(number) ? starts[number] : text.endIndex
    return text[starts[number - 1]..<end]
  }

  /// `last` moved up over blank lines (cmark counts those after a block as its own), but not above
  /// `first`.
  func lastFilled(from first: Int, through last: Int) -> Int {
    var line = min(last, isBlank.count)
    while line > first, isBlank[line - 1] { line -= 1 }
    return max(first, line)
  }
}
