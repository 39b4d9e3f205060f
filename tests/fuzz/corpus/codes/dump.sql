INSERT INTO wilayah (kode, nama) VALUES
('16','Sumatera Selatan'),('16.13','Kab. Musi Rawas Utara'),
('16.13.01','Rupit'),('16.13.01.2001','Ma''ur Baru');
