import ArgumentParser

/// The script that completes `quantbook` in a shell, as swift-argument-parser generates it, without
/// that package's own `help`: it would take the place of ours.
enum CompletionScript {
  /// The script that the command line asks for; nil where it asks for none, or for an unknown shell's.
  static func requested(by arguments: [String]) -> String? {
    guard arguments.first == "--generate-completion-script", arguments.count <= 2 else {
      return nil
    }
    let shell =
      arguments.count == 2
      ? CompletionShell(rawValue: arguments[1]) : CompletionShell.autodetected()
    return shell.map(text)
  }

  static func text(for shell: CompletionShell) -> String {
    var lines = Quantbook.completionScript(for: shell)
      .split(separator: "\n", omittingEmptySubsequences: false)
    // bash and zsh: the last function of that name is the package's.
    let head = "_quantbook_help() {"
    if lines.count(where: { $0 == head }) == 2, let start = lines.lastIndex(of: head[...]),
      let end = lines[start...].firstIndex(of: "}")
    {
      lines.removeSubrange(start...min(end + 1, lines.count - 1))
    }
    // zsh and fish: its line among the commands; bash: its name after ours.
    lines.removeAll { $0.contains("Show subcommand help information.") }
    lines = lines.map { line in
      line.contains(" help explain ") ? Substring(line.replacing(" help'", with: "'")) : line
    }
    return lines.joined(separator: "\n")
  }
}
