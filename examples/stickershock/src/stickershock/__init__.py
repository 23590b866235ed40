"""StickerShock: watches observed prices, and tells what really costs more than before."""
