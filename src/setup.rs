//! The set-up code: on a network, whoever finds the server first must not become its first user
//! without having seen its terminal.

/// 32 signs that are not taken for each other: no 0, 1, I, O.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A new code such as `ABCD-EFGH`: 40 random bits.
///
/// # Errors
/// A sentence if the system gives no random bytes.
pub fn code() -> Result<String, String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| "the system gives no random bytes".to_owned())?;
    Ok(spell(random))
}

fn spell(random: [u8; 8]) -> String {
    let signs: String =
        random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
    format!("{}-{}", &signs[..4], &signs[4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_two_groups_of_four_clear_signs() {
        assert_eq!(spell([0, 1, 2, 3, 28, 29, 30, 31]), "2345-WXYZ");
        assert_ne!(code(), code());
    }
}
