/// Lists of numbers on one line each: a series of twenty thousand would else take as many lines.
enum CompactLists {
  /// - Parameter json: text of `JSONEncoder`, pretty-printed.
  static func joined(_ json: String) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(json.utf8.count)
    let bytes = Array(json.utf8)
    var index = 0
    var isInText = false
    while index < bytes.count {
      let byte = bytes[index]
      if isInText {
        if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
          output.append(byte)
          index += 1
        } else if byte == UInt8(ascii: "\"") {
          isInText = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isInText = true
      } else if byte == UInt8(ascii: "["), let (list, end) = numbers(bytes, from: index + 1) {
        output += list
        index = end
        continue
      }
      output.append(bytes[index])
      index += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The list that opens before `start`, if it holds only numbers, and where it ends.
  private static func numbers(_ bytes: [UInt8], from start: Int) -> (list: [UInt8], end: Int)? {
    var list = [UInt8(ascii: "[")]
    for index in start..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"): continue
      case UInt8(ascii: "]"):
        list.append(bytes[index])
        return (list, index + 1)
      case UInt8(ascii: ","): list += [UInt8(ascii: ","), UInt8(ascii: " ")]
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
        list.append(bytes[index])
      default: return nil
      }
    }
    return nil
  }
}
