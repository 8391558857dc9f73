//! Reads a TOML document value by value, so that one that is wrong costs only itself.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The keys that lead to a value.
pub type KeyPath = Vec<String>;

/// Reads a document into `T`, whose fields all have defaults. A key that is not known and a value that cannot be are
/// left out, each with a sentence that names it.
pub fn read<T: DeserializeOwned + Default>(document: &Table) -> (T, Vec<String>) {
    let (mut accepted, mut value, mut refused) = (Table::new(), T::default(), Vec::new());
    for (path, leaf) in leaves(document) {
        let mut tried = accepted.clone();
        insert(&mut tried, &path, leaf);
        match T::deserialize(tried.clone()) {
            Ok(read) => (accepted, value) = (tried, read),
            Err(error) => refused.push(format!("{} is left out: {}", path.join("."), first_line(error.message()))),
        }
    }
    (value, refused)
}

/// All values that are not tables, with the keys that lead to them.
pub fn leaves(table: &Table) -> Vec<(KeyPath, Value)> {
    fn walk(table: &Table, above: &[String], found: &mut Vec<(KeyPath, Value)>) {
        for (key, value) in table {
            let path = [above, std::slice::from_ref(key)].concat();
            match value {
                Value::Table(inner) => walk(inner, &path, found),
                _ => found.push((path, value.clone())),
            }
        }
    }
    let mut found = Vec::new();
    walk(table, &[], &mut found);
    found
}

fn insert(table: &mut Table, path: &[String], value: Value) {
    let Some((key, deeper)) = path.split_first() else { return };
    if deeper.is_empty() {
        table.insert(key.clone(), value);
    } else if let Value::Table(inner) = table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new())) {
        insert(inner, deeper, value);
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
