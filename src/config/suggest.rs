//! "Did you mean": the word of a list that is nearest to a misspelt one. Refuses to guess where nothing is near.

/// Longest word that is compared; longer ones get no suggestion.
const WORD_CHARACTERS_MAX: usize = 80;

/// Counts the insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
pub fn edit_distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let width = other.len() + 1;
    let mut rows = vec![vec![0; width]; one.len() + 1];
    for (index, row) in rows.iter_mut().enumerate() {
        row[0] = index;
    }
    for (index, cell) in rows[0].iter_mut().enumerate() {
        *cell = index;
    }
    for i in 1..=one.len() {
        for j in 1..width {
            let replaced = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[one.len()][other.len()]
}

/// The candidate nearest to `word`, if one is near: at most a third of the word's letters differ (one, for short words).
/// Case is ignored. Of several that are equally near the first counts.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > WORD_CHARACTERS_MAX {
        return None;
    }
    let allowed = (length / 3).max(1);
    let lowered = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count() <= WORD_CHARACTERS_MAX)
        .map(|candidate| (edit_distance(&lowered, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean `x`?`, or nothing: the third part of a problem.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_missing_replaced_or_swapped_finds_the_word_meant() {
        let known = ["dependencies", "description", "enabled", "entry", "on"];
        assert_eq!(nearest("dependancies", known), Some("dependencies"));
        assert_eq!(nearest("enbaled", known), Some("enabled"));
        assert_eq!(nearest("no", known), Some("on"));
        assert_eq!(nearest("Entry", known), Some("entry"));
    }

    #[test]
    fn nothing_is_suggested_where_nothing_is_near() {
        assert_eq!(nearest("colour", ["dependencies", "on"]), None);
        assert_eq!(nearest(&"x".repeat(200), ["x"]), None);
        assert_eq!(did_you_mean("colour", ["on"]), "");
    }
}
