import Diagnostics
import Testing

@Suite struct RelativePathsTests {
  @Test(
    "files below a folder are called as from there, others as they are",
    arguments: [
      ("/home/me/a/b.txt: damaged", "b.txt: damaged"),
      ("'/home/me/a/m/c.json' and /home/me/a/é.txt", "'m/c.json' and é.txt"),
      ("/home/me/ab.txt", "/home/me/ab.txt"), ("/x/home/me/a/b.txt", "/x/home/me/a/b.txt"),
      ("no path in /home/me/a/ itself", "no path in . itself"), ("", ""),
    ])
  func messages(_ text: String, _ expected: String) {
    let note = Diagnostic.Note(text)
    let found = Diagnostic(.cellFailed, text, at: nil, notes: [note], help: text)
    for folder in ["/home/me/a", "/home/me/a/"] {
      let called = found.calling(filesBelow: folder)
      #expect(
        [called.message, called.help, called.notes[0].message] == [expected, expected, expected])
    }
    #expect(found.calling(filesBelow: "/") == found)
  }
}
