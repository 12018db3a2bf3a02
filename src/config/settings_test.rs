//! The table of settings.

use super::*;

#[test]
fn the_table_is_sorted_and_each_default_has_the_form_of_its_setting() {
    assert!(TABLE.windows(2).all(|pair| pair[0].key < pair[1].key));
    for row in TABLE {
        let read = read_text(row.form, row.default, Path::new("/")).unwrap_or_else(|why| panic!("{}: {why}", row.key));
        if !matches!(row.form, Form::Folders | Form::Names | Form::Topics | Form::Ages { .. }) {
            assert_eq!(read.to_json().to_string().trim_matches('"'), row.default, "{} is shown as it is written", row.key);
        }
        assert!(row.description.ends_with('.'), "{}", row.key);
    }
}
