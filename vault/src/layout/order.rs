//! What was found for a call, joined and in order.

use super::id::Confidence;
use super::name::{Leg, Name};

/// A file of a call, with what its finder keeps beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// Where it lies, its name left out: legs of one recording lie together.
    pub folder: String,
    pub name: String,
    pub confidence: Confidence,
    /// Seconds since 1970, if known.
    pub started: Option<i64>,
    pub item: T,
}

/// A recording: a file, or two that are its legs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape<T> {
    One(Found<T>),
    Pair { caller: Found<T>, agent: Found<T> },
}

impl<T> Shape<T> {
    /// The file, or the caller's leg.
    pub fn first(&self) -> &Found<T> {
        match self {
            Shape::One(file) | Shape::Pair { caller: file, .. } => file,
        }
    }
}

/// Joins `-in` with `-out` (and `-r` with `-t`) of one stem in one folder, and
/// sorts: mixed ones before pairs before lone legs, exact before alias, by
/// start (unknown last), by name.
pub fn order<T>(found: Vec<Found<T>>) -> Vec<Shape<T>> {
    let mut lone: Vec<Found<T>> = Vec::new();
    let mut shapes: Vec<Shape<T>> = Vec::new();
    for file in found {
        let Some(name) = Name::parse(&file.name) else { continue };
        let other = lone.iter().position(|other| {
            other.folder == file.folder
                && Name::parse(&other.name).is_some_and(|other| other.pairs_with(&name))
        });
        match other {
            Some(at) => {
                let other = lone.swap_remove(at);
                let (caller, agent) =
                    if name.leg == Leg::In { (file, other) } else { (other, file) };
                shapes.push(Shape::Pair { caller, agent });
            }
            None if name.leg == Leg::Mix => shapes.push(Shape::One(file)),
            None => lone.push(file),
        }
    }
    shapes.extend(lone.into_iter().map(Shape::One));
    shapes.sort_by(|one, other| key(one).cmp(&key(other)));
    shapes
}

fn key<T>(shape: &Shape<T>) -> (u8, Confidence, i64, &str, &str) {
    let file = shape.first();
    let rank = match shape {
        Shape::Pair { .. } => 1,
        Shape::One(_) => match Name::parse(&file.name).map(|name| name.leg) {
            Some(Leg::In | Leg::Out) => 2,
            Some(Leg::Mix) | None => 0,
        },
    };
    (rank, file.confidence, file.started.unwrap_or(i64::MAX), &file.name, &file.folder)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(name: &str, confidence: Confidence, started: i64) -> Found<()> {
        let started = Some(started);
        Found { folder: "f".to_owned(), name: name.to_owned(), confidence, started, item: () }
    }

    fn told(shapes: &[Shape<()>]) -> Vec<String> {
        let one = |shape: &Shape<()>| match shape {
            Shape::One(file) => file.name.clone(),
            Shape::Pair { caller, agent } => format!("{}+{}", caller.name, agent.name),
        };
        shapes.iter().map(one).collect()
    }

    #[test]
    fn mixed_before_legs_exact_before_alias_then_by_start_and_name() {
        use Confidence::{Alias, Exact, Loose};
        let shapes = order(vec![
            file("l-in.wav", Exact, 1),
            file("p-out.wav", Exact, 1),
            file("b.wav", Exact, 20),
            file("c.wav", Loose, 1),
            file("a.wav", Exact, 20),
            file("p-in.wav", Exact, 1),
            file("z.wav", Exact, 10),
            file("m.wav", Alias, 1),
        ]);
        let expected =
            ["z.wav", "a.wav", "b.wav", "m.wav", "c.wav", "p-in.wav+p-out.wav", "l-in.wav"];
        assert_eq!(told(&shapes), expected);
    }

    #[test]
    fn legs_of_two_folders_stay_apart() {
        let mut other = file("p-out.wav", Confidence::Exact, 1);
        other.folder = "g".to_owned();
        let shapes = order(vec![file("p-in.wav", Confidence::Exact, 1), other]);
        assert_eq!(told(&shapes), ["p-in.wav", "p-out.wav"]);
    }

    proptest! {
        #[test]
        fn the_order_of_finding_changes_nothing(
            names in proptest::collection::btree_set("[ab](-in|-out|-r|-t)?\\.(wav|gsm)", 0..8),
            seed in any::<u64>(),
        ) {
            let all: Vec<Found<()>> =
                names.iter().map(|name| file(name, Confidence::Exact, 7)).collect();
            let mut mixed = all.clone();
            let count = mixed.len().max(1);
            mixed.rotate_left((usize::try_from(seed % 97).unwrap()) % count);
            if seed & 1 == 1 {
                mixed.reverse();
            }
            prop_assert_eq!(told(&order(all)), told(&order(mixed)));
        }
    }
}
