//! One change that a person makes does not pin everything else.

/// Takes a value over where it differs between `before` and `after`.
pub fn take<T: PartialEq + Clone>(own: &mut T, before: &T, after: &T) {
    if before != after {
        own.clone_from(after);
    }
}
