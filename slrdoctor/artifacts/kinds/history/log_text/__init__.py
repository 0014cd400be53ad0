"""What log formats have in common: lines, rows, banners and notes."""
