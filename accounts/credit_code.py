"""The unified social credit code (统一社会信用代码) of Chinese organisations, GB 32100-2015."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, position, 31) for position in range(17)]


def is_credit_code(code: str) -> bool:
    """Whether `code` has 18 characters of the alphabet and the right check character."""
    if len(code) != 18 or any(character not in ALPHABET for character in code):
        return False
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(code, WEIGHTS, strict=False))
    return ALPHABET[-total % 31] == code[17]
