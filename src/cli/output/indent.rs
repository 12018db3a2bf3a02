//! JSON spread over lines for a person, its tokens kept as they are: a number of twenty digits stays that number.

/// Spaces for each level.
const STEP: usize = 2;

/// Spreads valid JSON over lines. Anything else comes out as it may.
pub fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if in_text {
            out.push(character);
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                in_text = true;
                out.push(character);
            }
            '{' | '[' => {
                out.push(character);
                while characters.peek().is_some_and(|next| next.is_ascii_whitespace()) {
                    characters.next();
                }
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(character);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth * STEP));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stay_as_they_are_and_only_the_space_between_them_changes() {
        let json = r#"{"n":12345678901234567890.50 , "text":"a \"b\": {,}\\","empty":[ ],"list":[1,{"x":null}]}"#;

        let spread = indent(json);

        let expected = "{\n  \"n\": 12345678901234567890.50,\n  \"text\": \"a \\\"b\\\": {,}\\\\\",\n  \"empty\": [],\n  \"list\": [\n    1,\n    {\n      \"x\": null\n    }\n  ]\n}";
        assert_eq!(spread, expected);
        assert_eq!(indent(&spread), expected, "spread again it stays");
    }
}
