//! What is on a page. Three kinds of blocks count; all others are for the eye only.
//!
//! - ` ```console `: lines that begin with `$ ` are commands, what follows one is what it prints. A command that ends with `\` goes on in the
//!   next line. `...` alone in a line stands for any lines
//! - ` ```yaml PATH `, ` ```sh PATH `, ` ```python PATH `: a file that the reader is told to write. The text before the block names it

/// Something that the reader does, in the page's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Writes a file.
    File { path: String, text: String },
    /// Runs a command.
    Command(Example),
}

/// A command and what the page says that it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The number of its line, from 1.
    pub line: usize,
    /// As it is on the page, in several lines where it has several.
    pub command: String,
    pub output: String,
}

/// The text of a page in parts: what is done, and everything around it, so that it can be put together again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Step(Step),
}

/// Reads a page.
pub fn parts(text: &str) -> Vec<Part> {
    let (mut parts, mut plain) = (Vec::new(), String::new());
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        plain.push_str(line);
        plain.push('\n');
        let Some(fence) = line.strip_prefix("```").filter(|fence| !fence.is_empty()) else { continue };
        let mut block = Vec::new();
        while let Some((_, inside)) = lines.next_if(|(_, inside)| !inside.starts_with("```")) {
            block.push(inside);
        }
        let path = fence.split_once(' ').map(|(_, path)| path.to_owned());
        match (fence, path) {
            ("console", _) => {
                parts.push(Part::Text(std::mem::take(&mut plain)));
                parts.extend(examples(&block, number + 2).into_iter().map(|example| Part::Step(Step::Command(example))));
            }
            (_, Some(path)) => {
                let name = path.rsplit('/').next().unwrap_or(&path);
                let named = plain.contains(&format!("{path}`")) || plain.contains(&format!("`{name}`"));
                assert!(named, "line {}: the text before the block does not name `{path}`", number + 1);
                let text: String = block.iter().map(|line| format!("{line}\n")).collect();
                plain.push_str(&text);
                parts.push(Part::Text(std::mem::take(&mut plain)));
                parts.push(Part::Step(Step::File { path, text }));
            }
            _ => plain.extend(block.iter().map(|line| format!("{line}\n"))),
        }
        let (_, end) = lines.next().expect("every block has an end");
        plain.push_str(end);
        plain.push('\n');
    }
    parts.push(Part::Text(plain));
    parts
}

fn examples(block: &[&str], first_line: usize) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut goes_on = false;
    for (index, line) in block.iter().enumerate() {
        let last = found.last_mut();
        match (line.strip_prefix("$ "), last) {
            (Some(command), _) => {
                found.push(Example { line: first_line + index, command: command.to_owned(), output: String::new() });
                goes_on = command.ends_with('\\');
            }
            (None, Some(example)) if goes_on => {
                example.command.push('\n');
                example.command.push_str(line);
                goes_on = line.ends_with('\\');
            }
            (None, Some(example)) => {
                example.output.push_str(line);
                example.output.push('\n');
            }
            (None, None) => panic!("line {}: a console block begins with a command", first_line + index),
        }
    }
    found
}

/// The page again.
pub fn text(parts: &[Part]) -> String {
    let write = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        // Its text is part of what is around it.
        Part::Step(Step::File { .. }) => String::new(),
        Part::Step(Step::Command(example)) => format!("$ {}\n{}", example.command, example.output),
    };
    parts.iter().map(write).collect()
}

#[test]
fn a_page_is_read_into_what_is_done_and_comes_out_as_it_was() {
    let page = "# A\n\nWrite `plugins/p/plugin.yaml`:\n\n```yaml plugins/p/plugin.yaml\nname: p\n```\n\n```console\n$ one \\\n    two\nprinted\n$ three\n```\n\n```json\n{}\n```\n";
    let parts = parts(page);
    let steps: Vec<&Step> = parts.iter().filter_map(|part| if let Part::Step(step) = part { Some(step) } else { None }).collect();
    assert_eq!(
        steps,
        [
            &Step::File { path: "plugins/p/plugin.yaml".to_owned(), text: "name: p\n".to_owned() },
            &Step::Command(Example { line: 10, command: "one \\\n    two".to_owned(), output: "printed\n".to_owned() }),
            &Step::Command(Example { line: 13, command: "three".to_owned(), output: String::new() }),
        ]
    );
    assert_eq!(text(&parts), page);
}
